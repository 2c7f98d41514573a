import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { ConnectionView } from "./ConnectionPage";

/** `/connections/new`, and `/connections/$id/edit`. */
export function ConnectionPage(): ReactNode {
  const { id = null } = useParams({ strict: false });
  return <ConnectionView key={id} id={id} />;
}
