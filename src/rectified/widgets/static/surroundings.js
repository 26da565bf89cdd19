// The page around a figure or a panel: its theme, its width, the keys it needs.

function themeNow() {
  const { body, documentElement: html } = document;
  const named = html.dataset.theme || body.dataset.jpThemeLight;
  if (named === "dark" || named === "false") return "dark";
  if (named) return "light";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** The key presses that the notebook needs even while a control has the focus. */
function isForNotebook({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  const runs = key === "Enter" && (shiftKey || altKey);
  return ctrlKey || metaKey || runs || key === "Escape";
}

/** Keep key presses away from the notebook, except for those that it needs. */
function keepKeys(root) {
  // Lumino listens on the document and would move the notebook's selection.
  root.addEventListener("keydown", (event) => {
    if (!isForNotebook(event)) event.stopPropagation();
  });
}

/** Give a root the theme of the page, and call `redraw` when that changes. */
function watchTheme(root, redraw) {
  root.dataset.theme = themeNow();
  const retheme = () => {
    if (root.dataset.theme === themeNow()) return;
    root.dataset.theme = themeNow();
    redraw();
  };
  const attributes = { attributes: true };
  const themes = new MutationObserver(retheme);
  themes.observe(document.documentElement, attributes);
  themes.observe(document.body, attributes);
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", retheme);
  return () => {
    themes.disconnect();
    media.removeEventListener("change", retheme);
  };
}

/** Call `redraw` when the theme or the width of the page changes. */
function watchSurroundings(root, picture, redraw) {
  const stopTheme = watchTheme(root, redraw);
  let width = picture.clientWidth;
  const sizes = new ResizeObserver(() => {
    // Hidden figures (a closed tab, a scrolled-away cell) have no width.
    if (!picture.clientWidth || picture.clientWidth === width) return;
    width = picture.clientWidth;
    redraw();
  });
  sizes.observe(picture);
  return () => {
    stopTheme();
    sizes.disconnect();
  };
}
