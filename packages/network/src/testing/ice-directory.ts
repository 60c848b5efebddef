import { Association } from "./association.ts";
import type { Endpoint } from "./association.ts";
import type { Machine } from "./machine.ts";
import type { CandidateAddress } from "./memory-sdp.ts";
import type { Route } from "./packet-flow.ts";

/** A peer connection that looks for its counterpart. */
export interface IceAgent extends Endpoint {
  readonly ufrag: string;
  /** From the remote description, once both descriptions are set. */
  readonly remoteUfrag: string | undefined;
  readonly place: CandidateAddress;
  /** Whether it was given a candidate that leads there. */
  knows(place: CandidateAddress): boolean;
  onAssociation(association: Association): void;
}

/** Who can be reached over the simulated network, and who is connected. */
export class IceDirectory {
  readonly #agents = new Map<string, IceAgent>();
  readonly #associations = new Set<Association>();
  readonly #route: (from: Machine, to: Machine) => Route;
  readonly #roundTrips: number;

  constructor(route: (from: Machine, to: Machine) => Route, roundTrips: number) {
    this.#route = route;
    this.#roundTrips = roundTrips;
  }

  add(agent: IceAgent): void {
    this.#agents.set(agent.ufrag, agent);
  }

  remove(agent: IceAgent): void {
    this.#agents.delete(agent.ufrag);
  }

  /** Connects the agent if both sides know of each other, and one of them where the other is. */
  tryConnect(agent: IceAgent): void {
    const other = this.#agents.get(agent.remoteUfrag ?? "");
    if (!other || other === agent || other.remoteUfrag !== agent.ufrag) return;
    if (!agent.knows(other.place) && !other.knows(agent.place)) return;
    this.remove(agent);
    this.remove(other);
    const routes = [this.#route(agent.machine, other.machine), this.#route(other.machine, agent.machine)] as const;
    const association: Association = new Association([agent, other], routes, this.#roundTrips, () => {
      this.#associations.delete(association);
    });
    this.#associations.add(association);
    agent.onAssociation(association);
    other.onAssociation(association);
  }

  /** A link or a machine changed. */
  pathsChanged(): void {
    for (const association of [...this.#associations]) association.pathChanged();
  }
}
