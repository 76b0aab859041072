/** `group` of IPv4 and IPv6: from here on, labels and tags belong to a tunnel and do not change `etype`. */
export const NETWORK_GROUP = 30;
