/*
 * The floor: one element added to and taken out of a set, again and again, with nothing between the program and libmnl.
 *
 *   with-libmnl NAMESPACE TABLE SET ROUNDS
 *
 * Prints the median of microseconds a change.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static uint32_t sequence = 1;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static struct nlmsghdr *begin(char *at, int type, int flags, int family, int resource) {
  struct nlmsghdr *message = mnl_nlmsg_put_header(at);
  message->nlmsg_type = type;
  message->nlmsg_flags = NLM_F_REQUEST | flags;
  message->nlmsg_seq = sequence++;
  struct nfgenmsg *head = mnl_nlmsg_put_extra_header(message, sizeof *head);
  head->nfgen_family = family;
  head->version = NFNETLINK_V0;
  head->res_id = htons(resource);
  return message;
}

static void change(struct mnl_socket *socket, int type, const char *table, const char *set, uint32_t key) {
  static char buffer[8192];
  char *at = buffer;
  at += begin(at, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES)->nlmsg_len;
  struct nlmsghdr *message = begin(at, (NFNL_SUBSYS_NFTABLES << 8) | type, NLM_F_ACK, NFPROTO_INET, 0);
  if (type == NFT_MSG_NEWSETELEM) message->nlmsg_flags |= NLM_F_CREATE;
  mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, table);
  mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, set);
  struct nlattr *list = mnl_attr_nest_start(message, NFTA_SET_ELEM_LIST_ELEMENTS);
  struct nlattr *element = mnl_attr_nest_start(message, NFTA_LIST_ELEM);
  struct nlattr *outer = mnl_attr_nest_start(message, NFTA_SET_ELEM_KEY);
  mnl_attr_put(message, NFTA_DATA_VALUE, sizeof key, &key);
  mnl_attr_nest_end(message, outer);
  mnl_attr_nest_end(message, element);
  mnl_attr_nest_end(message, list);
  uint32_t expected = message->nlmsg_seq;
  at += message->nlmsg_len;
  at += begin(at, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES)->nlmsg_len;
  if (mnl_socket_sendto(socket, buffer, at - buffer) < 0) fail("send");
  char answer[8192];
  int length = mnl_socket_recvfrom(socket, answer, sizeof answer);
  if (length < 0 || mnl_cb_run(answer, length, expected, mnl_socket_get_portid(socket), NULL, NULL) < 0)
    fail("the kernel's answer");
}

static double now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  char path[256];
  snprintf(path, sizeof path, "/var/run/netns/%s", argv[1]);
  int fd = open(path, O_RDONLY), rounds = atoi(argv[4]);
  if (fd < 0 || setns(fd, CLONE_NEWNET) < 0) fail(path);
  struct mnl_socket *socket = mnl_socket_open(NETLINK_NETFILTER);
  if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) fail("socket");
  double *took = calloc(rounds, sizeof *took);
  for (int n = 0; n < rounds; n++) {
    uint32_t key = htonl(0xc0a80000u + n / 2);
    double before = now_us();
    change(socket, n % 2 ? NFT_MSG_DELSETELEM : NFT_MSG_NEWSETELEM, argv[2], argv[3], key);
    took[n] = now_us() - before;
  }
  qsort(took, rounds, sizeof *took, ascending);
  printf("%.2f\n", took[rounds / 2]);
  return 0;
}
