//! What is cut off, covered, out of reach or hard to read on the page that a window shows.
//!
//! A script looks at what is really drawn:
//! - the document does not scroll; parts of it do
//! - text is whole, or in something that scrolls, or shortened with an ellipsis and whole in its title
//! - what can be used lies inside the window or inside something that scrolls, on nothing else that
//!   can be used, and under nothing
//! - text has the contrast of WCAG AA
//!
//! While a dialog or a list is open over the page, what is under it is not looked at, but for the cut
//! and the reach. Left out: taste, which takes eyes; hence the pictures.

use fantoccini::key::Key;

use crate::window::Window;

/// What is wrong, each in a sentence.
pub async fn problems(window: &Window<'_>) -> Vec<String> {
    strings(&window.run(LOOK).await)
}

/// Presses Tab so many times and says where the focus could not be seen.
pub async fn unseen_focus(window: &Window<'_>, steps: usize) -> Vec<String> {
    let mut problems = Vec::new();
    for _ in 0..steps {
        window.keys(&char::from(Key::Tab).to_string()).await;
        // What gets the focus is scrolled into view before the next frame.
        window.run_async(NEXT_FRAME, vec![]).await;
        problems.extend(strings(&window.run(FOCUS).await));
    }
    problems.sort();
    problems.dedup();
    problems
}

/// Every text that people read or hear on the page: each text node, label, title and placeholder.
pub async fn texts(window: &Window<'_>) -> Vec<String> {
    strings(&window.run(TEXTS).await)
}

fn strings(value: &serde_json::Value) -> Vec<String> {
    let list = value.as_array().unwrap_or_else(|| panic!("no list but {value}"));
    list.iter().filter_map(|entry| entry.as_str().map(str::to_owned)).collect()
}

const LOOK: &str = include_str!("layout.js");

const NEXT_FRAME: &str = "const [done] = arguments; requestAnimationFrame(() => requestAnimationFrame(() => done(null)))";

/// The focus is seen as an outline, as a shadow, as the mark of the row under the cursor, or as what
/// distinguishes the focused thing from itself without the focus.
const FOCUS: &str = r#"
const focused = document.activeElement;
if (focused === null || focused === document.body) return [];
const frames = [focused.parentElement, focused.parentElement?.parentElement].filter(Boolean);
const look = () => [focused, ...focused.querySelectorAll('*'), ...frames]
  .map(element => getComputedStyle(element))
  .map(s => [s.outlineStyle === 'none' ? '' : `${s.outlineWidth} ${s.outlineColor}`, s.boxShadow,
    s.borderColor, s.backgroundColor, s.backgroundImage].join())
  .join();
const name = (focused.getAttribute('aria-label') ?? focused.innerText ?? '').trim().slice(0, 40);
const box = focused.getBoundingClientRect();
const problems = [];
if (box.right <= 0 || box.bottom <= 0 || box.left >= innerWidth || box.top >= innerHeight)
  problems.push(`the focus is outside the window, on ${focused.tagName} "${name}"`);
const transition = document.createElement('style');
transition.textContent = '* { transition: none !important }';
document.head.append(transition);
const seen = look();
focused.blur();
const unseen = look();
focused.focus({ preventScroll: true, focusVisible: true });
transition.remove();
if (seen === unseen) problems.push(`the focus cannot be seen on ${focused.tagName} "${name}"`);
return problems;
"#;

const TEXTS: &str = r#"
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const found = new Set();
for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
  if (node.parentElement.closest('script,style') === null) found.add(node.data.trim());
for (const element of document.querySelectorAll('*'))
  for (const attribute of ['aria-label', 'title', 'placeholder'])
    found.add((element.getAttribute(attribute) ?? '').trim());
found.delete('');
return [...found];
"#;
