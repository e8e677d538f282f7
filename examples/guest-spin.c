/* Burns processor time by a given number of rounds, and nothing else: for benchmarks, which time one run and scale.
   arguments: rounds
   stdout:    the last state, 16 hexadecimal digits, so that no round can be left out
   One round is one step of xorshift64 (Marsaglia, 2003): each needs the one before. */
#include "stream.h"

int main(int count, char **arguments) {
  uint64_t rounds, state = 0x9e3779b97f4a7c15u;
  if (count != 2 || !numberOf(arguments[1], (uint64_t)1 << 53, &rounds))
    return refuse("spin: give the number of rounds\n");
  for (; rounds > 0; rounds--) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
  }
  char digits[17];
  for (int i = 0; i < 16; i++) digits[i] = "0123456789abcdef"[state >> (60 - 4 * i) & 15];
  digits[16] = '\n';
  return writeAll(digits, 17) ? 0 : 1;
}
