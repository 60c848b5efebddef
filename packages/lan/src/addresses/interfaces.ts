import { networkInterfaces, type NetworkInterfaceInfo } from "node:os";

/** A machine's network interfaces, as `os.networkInterfaces()` gives them. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** The machine's interfaces; none where the system does not tell, as sandboxes such as Android's. */
export function readInterfaces(read: () => Interfaces = networkInterfaces): Interfaces {
  try {
    return read();
  } catch {
    return {};
  }
}

// Containers, virtual machines, tunnels and mobile networks: no phone nearby is in these networks.
const VIRTUAL_NAME =
  /^(?:docker|podman|nerdctl|cni|flannel|cali|kube|veth|br-|bridge\d|lxc|lxd|incus|virbr|vmnet|vboxnet|vnic|tun|tap|ppp|wg|wt\d|zt|utun|ipsec|tailscale|zerotier|wireguard|openvpn|nordlynx|cscotun|gpd\d|ham\d|hamachi|waydroid|wwan|wwp|rmnet|ccmni|pdp_ip|cellular|vEthernet|VirtualBox|VMware)/i;
// Windows calls these "Ethernet 2": the host's ends of VirtualBox and VMware, and OpenVPN's adapter.
const VIRTUAL_MAC = /^(?:0a:00:27:|00:50:56:c0:|00:ff:)/i;

/** Whether an interface leads to programs on this machine or through a tunnel, not to others in the room. */
export function isVirtual(name: string, mac: string | undefined): boolean {
  return VIRTUAL_NAME.test(name) || VIRTUAL_MAC.test(mac ?? "");
}
