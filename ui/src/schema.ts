//! Zod without its compiled checks: they need `eval`, which the content security policy refuses.

import { z } from "zod";

z.config({ jitless: true });

export { z };
