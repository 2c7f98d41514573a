//! Parts of the window that open over it: not needed for the first sight, and there without a wait
//! when they are. Loaded ahead, they are drawn at once, so that a key typed after Ctrl K is not lost.

import { lazy, Suspense, type ComponentType, type ReactNode } from "react";

const loaders: (() => Promise<unknown>)[] = [];

/** Loads everything that was not asked for yet. */
export function loadAll(): void {
  // What does not load now is asked for again when it is used, and says why it cannot.
  for (const load of loaders) load().catch(() => undefined);
}

export function onDemand<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): (props: Props) => ReactNode {
  let ready: ComponentType<Props> | null = null;
  const get = async (): Promise<{ default: ComponentType<Props> }> => {
    ready ??= await load();
    return { default: ready };
  };
  loaders.push(get);
  const Waiting = lazy(get) as ComponentType<Props>;
  return function OnDemand(props) {
    const Ready = ready;
    if (Ready !== null) return <Ready {...props} />;
    return (
      <Suspense fallback={null}>
        <Waiting {...props} />
      </Suspense>
    );
  };
}
