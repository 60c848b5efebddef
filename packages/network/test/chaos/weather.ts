import type { LinkConditions, MemoryNetwork } from "../../src/testing/index.ts";

/** What a direction was like from a moment on. */
interface Spell {
  readonly at: number;
  readonly cut: boolean;
  readonly loss: number;
}

/** More than this loses four transmissions of a packet in a row often enough to end a link in a long hunt. */
const HARMLESS_LOSS = 0.02;

/** Remembers what every link was like at every time: it decides what may have happened. */
export class Weather {
  readonly #net: MemoryNetwork;
  readonly #base: Spell;
  readonly #spells = new Map<string, Spell[]>();
  readonly #server: Spell[] = [{ at: 0, cut: false, loss: 0 }];

  constructor(net: MemoryNetwork, baseLoss: number) {
    this.#net = net;
    this.#base = { at: 0, cut: false, loss: baseLoss };
  }

  /** Changes one direction, or both. */
  change(a: string, b: string, conditions: Partial<LinkConditions>, oneWay = false): void {
    if (oneWay) this.#net.oneWay(a, b, conditions);
    else this.#net.link(a, b, conditions);
    this.#note(a, b, conditions);
    if (!oneWay) this.#note(b, a, conditions);
  }

  signaling(isUp: boolean): void {
    if (isUp) this.#net.signaling.start();
    else this.#net.signaling.stop();
    this.#server.push({ at: this.#net.now, cut: !isUp, loss: 0 });
  }

  /** Milliseconds that one of the directions between the two was cut within these times. */
  cutFor(a: string, b: string, from: number, to: number): number {
    return cutIn(this.#of(a, b), from, to) + cutIn(this.#of(b, a), from, to);
  }

  /** Nothing was cut, and hardly anything got lost. */
  wasGood(a: string, b: string, from: number, to: number): boolean {
    return this.cutFor(a, b, from, to) === 0 && this.maxLoss(a, b, from, to) <= HARMLESS_LOSS;
  }

  /** The signaling server was up, and its link to this machine good. */
  couldSignal(name: string, from: number, to: number): boolean {
    return cutIn(this.#server, from, to) === 0 && this.wasGood(name, "signaling", from, to);
  }

  maxLoss(a: string, b: string, from: number, to: number): number {
    const lossOf = (spells: readonly Spell[]): number =>
      Math.max(...within(spells, from, to).map(({ spell }) => spell.loss));
    return Math.max(lossOf(this.#of(a, b)), lossOf(this.#of(b, a)));
  }

  #of(from: string, to: string): readonly Spell[] {
    return this.#spells.get(`${from}>${to}`) ?? [this.#base];
  }

  #note(from: string, to: string, { cut, loss, rate }: Partial<LinkConditions>): void {
    const spells = [...this.#of(from, to)];
    const last = spells.at(-1)!;
    spells.push({
      at: this.#net.now,
      cut: cut ?? last.cut, // What has to wait counts as lost.
      loss: rate !== undefined && rate < Infinity ? 1 : (loss ?? last.loss),
    });
    this.#spells.set(`${from}>${to}`, spells);
  }
}

function within(
  spells: readonly Spell[],
  from: number,
  to: number,
): { readonly spell: Spell; readonly start: number; readonly end: number }[] {
  return spells
    .map((spell, i) => ({
      spell,
      start: Math.max(from, spell.at),
      end: Math.min(to, spells[i + 1]?.at ?? Infinity),
    }))
    .filter(({ start, end }) => start <= end);
}

function cutIn(spells: readonly Spell[], from: number, to: number): number {
  let sum = 0;
  // A cut of no length at all has harmed what was just on its way.
  for (const { spell, start, end } of within(spells, from, to)) if (spell.cut) sum += Math.max(1, end - start);
  return sum;
}
