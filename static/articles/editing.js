// editing.js: the body of a draft, edited as it looks. The textarea stays the field that is sent; without this script
// it is the editor. What the article hangs on is part of the schema: block ids, sections, the tool's place, facts.
import {
  Blockquote, Bold, BulletList, Document, Editor, Extension, Gapcursor, HardBreak, Heading, History, Italic, ListItem,
  Mark, Node, OrderedList, Paragraph, Subscript, Superscript, Text,
} from "../django_prose_editor/editor.js";

const plain = (name, attribute) => ({
  [name]: {
    default: null,
    keepOnSplit: false,
    parseHTML: (element) => element.getAttribute(attribute),
    renderHTML: (attributes) => (attributes[name] ? { [attribute]: attributes[name] } : {}),
  },
});

const Marks = Extension.create({
  name: "blockMarks",
  addGlobalAttributes() {
    return [
      { types: ["paragraph", "heading", "bulletList", "orderedList", "listItem", "blockquote"], attributes: plain("id", "id") },
      { types: ["heading"], attributes: plain("section", "data-section") },
    ];
  },
});

const Fact = Mark.create({
  name: "fact",
  priority: 900, // outermost, so that a fact with a drug's name in it stays one span
  inclusive: false,
  addAttributes: () => plain("key", "data-fact"),
  parseHTML: () => [{ tag: "span[data-fact]", consuming: false }],
  renderHTML: ({ HTMLAttributes }) => ["span", HTMLAttributes, 0],
});

const Whole = Mark.create({
  name: "whole",
  inclusive: false,
  parseHTML: () => [{ tag: "span.nb" }],
  renderHTML: () => ["span", { class: "nb" }, 0],
});

const Link = Mark.create({
  name: "link",
  inclusive: false,
  addAttributes: () => plain("href", "href"),
  parseHTML: () => [{ tag: "a[href]" }],
  renderHTML: ({ HTMLAttributes }) => ["a", HTMLAttributes, 0],
});

const Slot = Node.create({
  name: "slot",
  group: "block",
  atom: true,
  priority: 1100,
  addAttributes: () => ({ ...plain("id", "id"), ...plain("slot", "data-slot") }),
  parseHTML: () => [{ tag: "p[data-slot]" }],
  renderHTML: ({ HTMLAttributes }) => ["p", HTMLAttributes],
});

// A table is kept as it is: cells with facts and ids are edited in the source.
const Table = Node.create({
  name: "rawTable",
  group: "block",
  atom: true,
  addAttributes: () => ({ html: { default: "", parseHTML: (element) => element.outerHTML, renderHTML: () => ({}) } }),
  parseHTML: () => [{ tag: "table" }],
  renderHTML: ({ node }) => new DOMParser().parseFromString(node.attrs.html, "text/html").body.firstChild,
});

const EXTENSIONS = [
  Document, Text, Paragraph, Heading.configure({ levels: [2, 3, 4] }), BulletList, OrderedList, ListItem, Blockquote,
  HardBreak, Bold, Italic, Subscript, Superscript, History, Gapcursor, Marks, Fact, Whole, Link, Slot, Table,
];

const start = (place, field) => {
  const word = (name) => place.dataset["word" + name[0].toUpperCase() + name.slice(1)];
  const tools = document.createElement("div");
  const page = document.createElement("div");
  tools.className = "body-tools";
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", word("tools"));
  page.className = "body-page read prose";
  place.append(tools, page);

  const editor = new Editor({
    element: page,
    extensions: EXTENSIONS,
    content: field.value,
    injectCSS: false, // our own stylesheet has its rules; an injected <style> is against the page's policy
    editorProps: {
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": word("label"), lang: "zh-Hans", spellcheck: "false" },
    },
    onUpdate: ({ editor: now }) => {
      field.value = now.getHTML();
    },
    onTransaction: () => refresh(),
  });

  const buttons = [];
  const button = (name, act, isOn) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn slim";
    made.textContent = word(name);
    made.addEventListener("click", act);
    if (isOn) buttons.push([made, isOn]);
    tools.append(made);
    return made;
  };
  const run = (act) => () => act(editor.chain().focus()).run();
  button("p", run((c) => c.setParagraph()), () => editor.isActive("paragraph"));
  button("h2", run((c) => c.toggleHeading({ level: 2 })), () => editor.isActive("heading", { level: 2 }));
  button("h3", run((c) => c.toggleHeading({ level: 3 })), () => editor.isActive("heading", { level: 3 }));
  button("ul", run((c) => c.toggleBulletList()), () => editor.isActive("bulletList"));
  button("ol", run((c) => c.toggleOrderedList()), () => editor.isActive("orderedList"));
  button("quote", run((c) => c.toggleBlockquote()), () => editor.isActive("blockquote"));
  button("bold", run((c) => c.toggleBold()), () => editor.isActive("bold"));
  button("italic", run((c) => c.toggleItalic()), () => editor.isActive("italic"));
  button("nb", run((c) => c.toggleMark("whole")), () => editor.isActive("whole"));
  const key = document.createElement("input");
  key.className = "input";
  key.placeholder = word("key");
  key.setAttribute("aria-label", word("key"));
  tools.append(key);
  button("fact", () => {
    const wanted = key.value.trim();
    const chain = editor.chain().focus().extendMarkRange("fact");
    (wanted ? chain.setMark("fact", { key: wanted }) : chain.unsetMark("fact")).run();
  }, () => editor.isActive("fact"));
  button("undo", run((c) => c.undo()));
  button("redo", run((c) => c.redo()));
  const toggle = button("source", () => {
    const toSource = field.hidden;
    if (!toSource) editor.commands.setContent(field.value, { emitUpdate: false });
    field.hidden = !toSource;
    page.hidden = toSource;
    toggle.textContent = word(toSource ? "rich" : "source");
  });
  const refresh = () => {
    buttons.forEach(([made, isOn]) => made.setAttribute("aria-pressed", String(isOn())));
    if (document.activeElement !== key) key.value = editor.getAttributes("fact").key || "";
  };

  field.hidden = true;
  place.hidden = false;
  refresh();
  return editor;
};

const place = document.querySelector("[data-body-editor]");
const field = document.getElementById("id_body");
if (place && field) start(place, field);
