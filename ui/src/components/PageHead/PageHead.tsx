import { Fragment, type ReactNode } from "react";

import { printable } from "@/format";

import styles from "./PageHead.module.css";

export interface PageHeadProps {
  /** Where this is, from the outside in. */
  crumbs?: readonly ReactNode[];
  title: string;
  /** Facts. */
  chips?: ReactNode;
  /** Buttons, on the right. */
  actions?: ReactNode;
}

/** Title, facts and actions of a page. */
export function PageHead(props: PageHeadProps): ReactNode {
  return (
    <header className={styles["head"]}>
      {props.crumbs !== undefined && (
        <div className={styles["crumbs"]}>
          {props.crumbs.map((crumb, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- the trail of one page never reorders
            <Fragment key={index}>
              {index > 0 && <span aria-hidden> / </span>}
              {crumb}
            </Fragment>
          ))}
        </div>
      )}
      <h1 className="selectable" title={printable(props.title)}>
        {printable(props.title)}
      </h1>
      {props.chips}
      {props.actions !== undefined && <div className={styles["actions"]}>{props.actions}</div>}
    </header>
  );
}
