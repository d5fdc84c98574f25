// The model of the page, from the compact data: page_owners.c says what a row has.
const page = {};
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { strings, parts, shapes } = data;
  const HAS = { gap: 1, index: 2, base: 4, value: 8, meaning: 16, bits: 32, place: 64, address: 128, symbol: 256, byAddress: 512, noIndex: 1024, length: 2048, large: 4096 };
  const SHAPE = 6;

  class Owner {
    get owner() {
      const { name } = parts[this.part];
      if (this.index === null) return name;
      return name + "[" + (this.base === null ? this.index : "0x" + BigInt.asUintN(64, this.base + BigInt(this.offset)).toString(16)) + "]";
    }
    get name() {
      return this.field ? this.owner + "." + this.field : this.owner;
    }
    get bits() {
      return this.groups ? this.groups.split("\n").map(group) : null;
    }
    get order() {
      return parts[this.part].order;
    }
  }
  const group = (line) => {
    const [low, width, value, ...name] = line.split(" ");
    return { name: name.join(" "), low: Number(low), width: Number(width), value: Number(value) };
  };

  const decodeOwners = (rows) => {
    const owners = [];
    let end = 0;
    let index = 0;
    let base = 0n;
    let at = 0;
    while (at < rows.length) {
      const shape = rows[at++] * SHAPE;
      const has = shapes[shape + 5];
      const text = (bit) => (has & bit ? strings[rows[at++]] : "");
      const owner = new Owner();
      owner.id = owners.length;
      owner.length = rows[at++];
      owner.offset = end + (has & HAS.gap ? rows[at++] : 0);
      end = owner.offset + owner.length;
      owner.part = shapes[shape];
      owner.field = strings[shapes[shape + 1]] || null;
      owner.label = strings[shapes[shape + 2]];
      owner.purpose = strings[shapes[shape + 3]];
      owner.reader = strings[shapes[shape + 4]];
      if (has & HAS.index) index += rows[at++];
      if (has & HAS.base) base = BigInt(strings[rows[at++]]);
      owner.index = has & HAS.noIndex ? null : has & HAS.large ? text(HAS.large) : index;
      owner.base = has & HAS.byAddress ? base : null;
      owner.value = text(HAS.value);
      owner.meaning = text(HAS.meaning);
      owner.groups = text(HAS.bits);
      const offset = has & HAS.place ? rows[at++] : null;
      const length = has & HAS.length ? rows[at++] : 0;
      const address = text(HAS.address);
      owner.refers = has & (HAS.place | HAS.address) ? { offset, length, address: address || null } : null;
      owner.symbol = text(HAS.symbol) || null;
      owners.push(owner);
    }
    return owners;
  };

  const decodeSymbols = (rows) => {
    const symbols = [];
    for (let at = 0; at < rows.length; at += 4)
      symbols.push({ offset: rows[at], length: rows[at + 1], name: strings[rows[at + 2]], type: strings[rows[at + 3]] });
    return symbols;
  };

  page.model = {
    ...data,
    bytes: Uint8Array.from(atob(data.bytes), (one) => one.charCodeAt(0)),
    owners: decodeOwners(data.owners),
    symbols: decodeSymbols(data.symbols),
  };
})();
