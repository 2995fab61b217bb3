/** Cyclic redundancy checks of 32 bits, bits reflected: those that AWS's SDKs send as checksums of a body. */

export type Crc = (bytes: Uint8Array) => number;

/** ISO 3309, RFC 1952 section 8. */
export const crc32: Crc = crcOf(0xedb88320);

/** Castagnoli's, RFC 3720 appendix B.4. */
export const crc32c: Crc = crcOf(0x82f63b78);

function crcOf(polynomial: number): Crc {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
    return rest;
  });
  return (bytes) => {
    let crc = 0xffffffff;
    for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
    return (crc ^ 0xffffffff) >>> 0;
  };
}
