/** A translation of an area: the same keys, each a text. A missing or an extra one is an error. */
export type Translation<Area> = { readonly [Key in keyof Area]: string };
