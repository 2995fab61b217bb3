/** Places of chains among the kernel's own (linux/netfilter_ipv4.h, enum nf_ip_hook_priorities). */

/**
 * Fragments are put together at -400. Their sources are checked before: else a stranger's piece, sent under another's
 * address, would become part of a packet whose last piece the true sender brings, and pass as its.
 */
export const beforeReassembly = -450;
