//! Bounds that Rust checks, as Rust says them: nothing here is a number of our own.

export { limits } from "./bindings";
