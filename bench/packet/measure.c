/*
 * CPU time of packets through routers between two namespaces each, the configurations taking turns.
 *
 *   measure ROUNDS NAME CLIENT_NS SERVER_NS CLIENT_IP SERVER_IP [NAME …]
 *
 * Everything a packet causes, up to the socket that receives it, happens in the softirq that the sending system call
 * ends with, and the kernel's clock of the process counts it. One line a sample: MODE NAME NANOSECONDS_PER_OPERATION.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { UDP_PORT = 5300, TCP_PORT = 8080, CONFIGURATIONS_MAX = 16 };
enum { CONNECTIONS = 400, DATAGRAMS = 4000, ROUND_TRIPS = 1500 };

struct configuration {
  const char *name, *client_ns, *server_ns;
  struct sockaddr_in client, server;
  int udp_client, udp_server, listener, tcp_client, tcp_server;
};

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void enter(const char *name) {
  char path[256];
  snprintf(path, sizeof path, "/var/run/netns/%s", name);
  int fd = open(path, O_RDONLY);
  if (fd < 0 || setns(fd, CLONE_NEWNET) < 0) fail(path);
  close(fd);
}

static struct sockaddr_in at(const char *ip, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (inet_pton(AF_INET, ip, &address.sin_addr) != 1) fail(ip);
  return address;
}

static int open_at(int type, struct sockaddr_in address) {
  int fd = socket(AF_INET, type, 0), on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (type == SOCK_STREAM) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("bind");
  return fd;
}

/* A connection from a client's socket, accepted. Everything happens within connect(). */
static int connect_to(const struct configuration *c, int client) {
  if (connect(client, (const struct sockaddr *)&c->server, sizeof c->server) < 0) fail(c->name);
  int server = accept(c->listener, NULL, NULL), on = 1;
  if (server < 0) fail("accept");
  setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return server;
}

static void prepare(struct configuration *c, char **argv) {
  c->name = argv[0], c->client_ns = argv[1], c->server_ns = argv[2];
  c->client = at(argv[3], 0), c->server = at(argv[4], TCP_PORT);
  struct sockaddr_in udp = at(argv[4], UDP_PORT), udp_client = at(argv[3], UDP_PORT);
  enter(c->server_ns);
  c->listener = open_at(SOCK_STREAM, c->server);
  if (listen(c->listener, 64) < 0) fail("listen");
  c->udp_server = open_at(SOCK_DGRAM, udp);
  enter(c->client_ns);
  c->udp_client = open_at(SOCK_DGRAM, udp_client);
  c->tcp_client = open_at(SOCK_STREAM, c->client);
  c->tcp_server = connect_to(c, c->tcp_client);
  char byte = 0;
  if (connect(c->udp_client, (struct sockaddr *)&udp, sizeof udp) < 0) fail("connect");
  if (connect(c->udp_server, (struct sockaddr *)&udp_client, sizeof udp_client) < 0) fail("connect");
  /* An answer, so that the flow is established. */
  for (int turn = 0; turn < 4; turn++) {
    if (send(c->udp_client, &byte, 1, 0) != 1 || recv(c->udp_server, &byte, 1, 0) != 1) fail(c->name);
    if (send(c->udp_server, &byte, 1, 0) != 1 || recv(c->udp_client, &byte, 1, 0) != 1) fail(c->name);
  }
}

static double cpu_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

static void new_connections(struct configuration *c, int count) {
  struct linger reset = {.l_onoff = 1, .l_linger = 0};
  for (int n = 0; n < count; n++) {
    int client = open_at(SOCK_STREAM, c->client);
    int server = connect_to(c, client);
    setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(client);
    close(server);
  }
}

static void datagrams(struct configuration *c, int count) {
  char byte = 0;
  for (int n = 0; n < count; n++)
    if (send(c->udp_client, &byte, 1, 0) != 1 || recv(c->udp_server, &byte, 1, 0) != 1) fail(c->name);
}

static void round_trips(struct configuration *c, int count) {
  char byte = 0;
  for (int n = 0; n < count; n++) {
    if (send(c->tcp_client, &byte, 1, 0) != 1 || recv(c->tcp_server, &byte, 1, 0) != 1) fail(c->name);
    if (send(c->tcp_server, &byte, 1, 0) != 1 || recv(c->tcp_client, &byte, 1, 0) != 1) fail(c->name);
  }
}

static const struct {
  const char *name;
  void (*run)(struct configuration *, int);
  int count;
} modes[] = {
    {"new", new_connections, CONNECTIONS},
    {"udp", datagrams, DATAGRAMS},
    {"rtt", round_trips, ROUND_TRIPS},
};

int main(int argc, char **argv) {
  static struct configuration all[CONFIGURATIONS_MAX];
  int rounds = atoi(argv[1]), count = (argc - 2) / 5;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  sched_setaffinity(0, sizeof one, &one);
  for (int n = 0; n < count && n < CONFIGURATIONS_MAX; n++) prepare(&all[n], argv + 2 + 5 * n);
  for (int round = -1; round < rounds; round++)
    for (unsigned mode = 0; mode < sizeof modes / sizeof *modes; mode++)
      for (int turn = 0; turn < count; turn++) {
        struct configuration *c = &all[(turn + round + 1) % count];
        enter(c->client_ns);
        double before = cpu_ns();
        modes[mode].run(c, modes[mode].count);
        double each = (cpu_ns() - before) / modes[mode].count;
        /* The first round only warms up. */
        if (round >= 0) printf("%s %s %.1f\n", modes[mode].name, c->name, each);
      }
  return 0;
}
