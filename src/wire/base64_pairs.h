/* base64_pairs.h: two characters for twelve bits: what makes long texts cheap to encode.
 *
 * BASE64_PAIRS(y, z) lists the 4096 pairs of an alphabet that ends with y and z. */
#ifndef ASSAY_WIRE_BASE64_PAIRS_H
#define ASSAY_WIRE_BASE64_PAIRS_H

// clang-format off
#define P(a, b) { a, b },

#define R(a, y, z)                                                                                \
    P(a, 'A') P(a, 'B') P(a, 'C') P(a, 'D') P(a, 'E') P(a, 'F') P(a, 'G') P(a, 'H')               \
    P(a, 'I') P(a, 'J') P(a, 'K') P(a, 'L') P(a, 'M') P(a, 'N') P(a, 'O') P(a, 'P')               \
    P(a, 'Q') P(a, 'R') P(a, 'S') P(a, 'T') P(a, 'U') P(a, 'V') P(a, 'W') P(a, 'X')               \
    P(a, 'Y') P(a, 'Z') P(a, 'a') P(a, 'b') P(a, 'c') P(a, 'd') P(a, 'e') P(a, 'f')               \
    P(a, 'g') P(a, 'h') P(a, 'i') P(a, 'j') P(a, 'k') P(a, 'l') P(a, 'm') P(a, 'n')               \
    P(a, 'o') P(a, 'p') P(a, 'q') P(a, 'r') P(a, 's') P(a, 't') P(a, 'u') P(a, 'v')               \
    P(a, 'w') P(a, 'x') P(a, 'y') P(a, 'z') P(a, '0') P(a, '1') P(a, '2') P(a, '3')               \
    P(a, '4') P(a, '5') P(a, '6') P(a, '7') P(a, '8') P(a, '9') P(a, y) P(a, z)

#define BASE64_PAIRS(y, z)                                                                        \
    R('A', y, z) R('B', y, z) R('C', y, z) R('D', y, z) R('E', y, z) R('F', y, z)                 \
    R('G', y, z) R('H', y, z) R('I', y, z) R('J', y, z) R('K', y, z) R('L', y, z)                 \
    R('M', y, z) R('N', y, z) R('O', y, z) R('P', y, z) R('Q', y, z) R('R', y, z)                 \
    R('S', y, z) R('T', y, z) R('U', y, z) R('V', y, z) R('W', y, z) R('X', y, z)                 \
    R('Y', y, z) R('Z', y, z) R('a', y, z) R('b', y, z) R('c', y, z) R('d', y, z)                 \
    R('e', y, z) R('f', y, z) R('g', y, z) R('h', y, z) R('i', y, z) R('j', y, z)                 \
    R('k', y, z) R('l', y, z) R('m', y, z) R('n', y, z) R('o', y, z) R('p', y, z)                 \
    R('q', y, z) R('r', y, z) R('s', y, z) R('t', y, z) R('u', y, z) R('v', y, z)                 \
    R('w', y, z) R('x', y, z) R('y', y, z) R('z', y, z) R('0', y, z) R('1', y, z)                 \
    R('2', y, z) R('3', y, z) R('4', y, z) R('5', y, z) R('6', y, z) R('7', y, z)                 \
    R('8', y, z) R('9', y, z) R(y, y, z) R(z, y, z)
// clang-format on

#endif
