// A list of names and values in a panel.

import { element, setText, shape } from "./format.js";

export class Facts {
  #facts = new Map();

  constructor(list) {
    this.list = list;
  }

  clear() {
    this.list.replaceChildren();
    this.#facts.clear();
  }

  /**
   * Changes only the text that differs, so that a reader's selection survives. A fact without a text is
   * not shown, but keeps its place. With a `state`, its shape stands beside the word.
   */
  set(name, text, state = null) {
    const fact = this.#factFor(name);
    if (state && !fact.shape) fact.prepend(fact.shape = shape(state));
    if (state) {
      fact.word.className = "word";
      fact.querySelector("use").setAttribute("href", `#shape-${state}`);
    }
    fact.parentNode.hidden = !text;
    setText(fact.word, text);
  }

  /** Puts a link behind a fact's text; none without an address. */
  setLink(name, text, address) {
    const fact = this.#factFor(name);
    if (!fact.link) fact.append(" ", fact.link = element("a"));
    fact.link.hidden = !address;
    fact.link.href = address;
    setText(fact.link, text);
    return fact.link;
  }

  #factFor(name) {
    let fact = this.#facts.get(name);
    if (!fact) {
      const pair = element("div");
      fact = element("dd");
      fact.append(fact.word = element("span"));
      pair.append(element("dt", "", name), fact);
      this.list.append(pair);
      this.#facts.set(name, fact);
    }
    return fact;
  }
}
