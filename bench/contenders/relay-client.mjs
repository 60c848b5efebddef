/**
 * @typedef {{ type: string, src: string, payload: any }} Signal
 */

/** The simplest client of a PeerServer, for contenders that bring no signaling of their own. */
export class RelayClient {
  /** @type {(signal: Signal) => void} */
  onSignal = () => {};
  #isOpen = false;
  /** @type {string[]} */
  #waiting = [];
  #socket;

  /**
   * @param {typeof globalThis.WebSocket} WebSocket The browser's, or that of `ws`.
   * @param {string} url
   * @param {string} id
   */
  constructor(WebSocket, url, id) {
    this.#socket = new WebSocket(`${url}?key=peerjs&id=${id}&token=bench`);
    /** @type {Promise<void>} */
    this.opened = new Promise((resolve, reject) => {
      this.#socket.onerror = reject;
      this.#socket.onmessage = ({ data }) => {
        const signal = JSON.parse(String(data));
        if (signal.type !== "OPEN") return this.onSignal(signal);
        this.#isOpen = true;
        for (const text of this.#waiting.splice(0)) this.#socket.send(text);
        resolve();
      };
    });
  }

  /**
   * @param {string} type
   * @param {string} dst
   * @param {unknown} payload
   */
  send(type, dst, payload) {
    const text = JSON.stringify({ type, dst, payload });
    if (this.#isOpen) this.#socket.send(text);
    else this.#waiting.push(text);
  }

  close() {
    this.#socket.onerror = () => {};
    this.#socket.onmessage = null;
    this.#socket.close();
  }
}
