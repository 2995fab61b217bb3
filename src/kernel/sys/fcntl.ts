/** Numbers of fcntl(2) on Linux: what is asked of a descriptor, and its flags. */
export const F_GETFL = 3;
export const F_SETFL = 4;
export const F_SETOWN = 8;
export const O_NONBLOCK = 0o4000;
export const O_ASYNC = 0o20000;
