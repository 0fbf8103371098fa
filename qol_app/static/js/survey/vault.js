// What waits on this device: each piece encrypted with a key that cannot be read out, and both gone
// once the server has it. Where the browser keeps nothing safely, it waits in memory only.

const NAME = "qol-answers";

function request(of) {
  return new Promise((resolve, reject) => {
    of.onsuccess = () => resolve(of.result);
    of.onerror = () => reject(of.error);
  });
}

function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

class DurableVault {
  constructor(database) {
    this.database = database;
    this.isDurable = true;
    this.key = null;
  }

  async add(piece) {
    const key = await this.currentKey();
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(piece));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key.secret, plain);
    const transaction = this.database.transaction(["keys", "pieces"], "readwrite");
    // Put anew each time: another tab may have erased the key with the last piece.
    transaction.objectStore("keys").put(key);
    transaction.objectStore("pieces").add({ key: key.id, iv, data });
    await finished(transaction);
  }

  async currentKey() {
    if (!this.key) {
      const secret = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
        "encrypt",
        "decrypt",
      ]);
      this.key = { id: randomId(), secret };
    }
    return this.key;
  }

  async all() {
    const transaction = this.database.transaction(["keys", "pieces"]);
    const [keys, pieces] = await Promise.all([
      request(transaction.objectStore("keys").getAll()),
      request(transaction.objectStore("pieces").getAll()),
    ]);
    const secrets = new Map(keys.map((key) => [key.id, key.secret]));
    return Promise.all(pieces.map((kept) => this.open(kept, secrets.get(kept.key))));
  }

  async open(kept, secret) {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, secret, kept.data);
    return { number: kept.number, piece: JSON.parse(new TextDecoder().decode(plain)) };
  }

  async remove(numbers) {
    const transaction = this.database.transaction(["keys", "pieces"], "readwrite");
    const pieces = transaction.objectStore("pieces");
    for (const number of numbers) pieces.delete(number);
    const left = pieces.count();
    left.onsuccess = () => {
      if (left.result === 0) transaction.objectStore("keys").clear();
    };
    await finished(transaction);
  }

  async erase() {
    this.database.close();
    await request(indexedDB.deleteDatabase(NAME));
  }
}

class PassingVault {
  constructor() {
    this.isDurable = false;
    this.pieces = [];
    this.last = 0;
  }

  async add(piece) {
    this.last += 1;
    this.pieces.push({ number: this.last, piece });
  }

  async all() {
    return this.pieces.slice();
  }

  async remove(numbers) {
    this.pieces = this.pieces.filter((kept) => !numbers.includes(kept.number));
  }

  async erase() {
    this.pieces = [];
  }
}

export async function openVault() {
  if (!window.isSecureContext || !window.indexedDB || !crypto.subtle) return new PassingVault();
  try {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("keys", { keyPath: "id" });
      opening.result.createObjectStore("pieces", { keyPath: "number", autoIncrement: true });
    };
    const database = await request(opening);
    // Erasing from another tab must not wait for this one.
    database.onversionchange = () => database.close();
    return new DurableVault(database);
  } catch (error) {
    return new PassingVault();
  }
}
