import type { ComponentChildren } from "preact";

interface Props {
  id: string;
  title: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
}

/** A titled part of the screen, and a landmark for whoever moves by landmarks. */
export function Panel({ id, title, aside, children }: Props) {
  return (
    <section class={`panel panel-${id}`} id={id} aria-labelledby={`${id}-title`}>
      <header class="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {aside && <div class="panel-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}
