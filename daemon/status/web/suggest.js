// A text field that suggests what may be meant: a combobox with a list of options, by mouse and by keyboard (ARIA
// Authoring Practices, "list autocomplete with manual selection"). Knows its field and its list, nothing else.

const WAIT_MS = 200; // of silence before anything is asked

/**
 * `find(text, signal)` gives a promise of [{value, title, detail}], none where nothing is worth asking. What is chosen
 * comes into the field; nothing else happens by it.
 */
export function suggest(field, list, find) {
  let options = [], at = -1, timer = 0, asking = null;

  function draw() {
    list.replaceChildren(...options.map(({ title, detail }, i) => {
      const option = document.createElement('li'), name = document.createElement('strong'), small = document.createElement('span');
      option.id = `${list.id}-${i}`;
      option.setAttribute('role', 'option');
      name.textContent = title;
      small.textContent = detail;
      option.append(name, small);
      return option;
    }));
    list.hidden = options.length === 0;
    field.setAttribute('aria-expanded', String(options.length > 0));
    point(-1);
  }
  function point(to) {
    at = to;
    [...list.children].forEach((option, i) => option.setAttribute('aria-selected', String(i === at)));
    if (at < 0) return field.removeAttribute('aria-activedescendant');
    field.setAttribute('aria-activedescendant', list.children[at].id);
    const { offsetTop: top, offsetHeight: height } = list.children[at];
    list.scrollTop = Math.min(top, Math.max(list.scrollTop, top + height - list.clientHeight)); // the page around it stays
  }
  function close() {
    clearTimeout(timer);
    asking?.abort();
    if (options.length === 0) return;
    options = [];
    draw();
  }
  function choose(i) {
    field.value = options[i].value;
    close();
    field.focus();
  }
  async function ask() {
    const { signal } = asking = new AbortController();
    const found = await find(field.value.trim(), signal).catch(() => []);
    if (signal.aborted || document.activeElement !== field) return;
    options = found;
    draw();
  }

  field.addEventListener('input', () => {
    clearTimeout(timer);
    asking?.abort();
    timer = setTimeout(ask, WAIT_MS);
  });
  field.addEventListener('keydown', event => {
    const last = options.length - 1;
    if (last < 0) return;
    if (event.key === 'ArrowDown') point(at < last ? at + 1 : 0);
    else if (event.key === 'ArrowUp') point(at > 0 ? at - 1 : last);
    else if (event.key === 'Enter' && at >= 0) choose(at);
    else if (event.key === 'Escape') { close(); event.stopPropagation(); } else return;
    event.preventDefault();
  });
  field.addEventListener('blur', close);
  list.addEventListener('pointerdown', event => event.preventDefault()); // the field keeps the focus
  list.addEventListener('click', event => {
    const i = [...list.children].indexOf(event.target.closest('[role="option"]'));
    if (i >= 0) choose(i);
  });
  return { close };
}
