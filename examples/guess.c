/* Thinks of a number and tells of each guess whether it is too low or too high.
   arguments: most, 2 to 1000000000; seed, another for another number
   stdin:     guesses, one a line; "help" and "give up" are understood
   stdout:    the conversation, UTF-8
   exit:      0, or 2 with one line on stderr
   The number follows from both arguments, so that the same guesses are answered alike on every machine. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say(int fd, const char *text) {
  for (size_t length = strlen(text); length > 0;) {
    ssize_t written = write(fd, text, length);
    if (written <= 0) exit(1);
    text += written;
    length -= (size_t)written;
  }
}

static void number(uint32_t value) {
  char digits[11];
  int at = sizeof digits - 1;
  digits[at] = 0;
  do digits[--at] = (char)('0' + value % 10);
  while ((value /= 10) > 0);
  say(1, digits + at);
}

/* The whole of the text as a number from 0 to a thousand million, or -1. */
static int64_t numberIn(const char *text) {
  int64_t value = 0;
  if (!*text) return -1;
  for (; *text; text++) {
    if (*text < '0' || *text > '9' || value > 100000000) return -1;
    value = value * 10 + (*text - '0');
  }
  return value;
}

static char line[128];

/* Reads a line without its end and the spaces around it; what is longer than any guess is cut. 0 at the end of the input. */
static int readLine(void) {
  static char read_[256];
  static ssize_t at, end;
  size_t length = 0;
  for (;;) {
    if (at == end) {
      at = 0;
      end = read(0, read_, sizeof read_);
      if (end <= 0) return 0;
    }
    char next = read_[at++];
    if (next == '\n') break;
    if ((length > 0 || next != ' ') && length < sizeof line - 1) line[length++] = next;
  }
  while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\r')) length--;
  line[length] = 0;
  return 1;
}

/* The finaliser of MurmurHash3 (Appleby): every bit of the seed moves every bit of the number. */
static uint32_t mixed(uint32_t key) {
  key ^= key >> 16;
  key *= 0x85ebca6bu;
  key ^= key >> 13;
  key *= 0xc2b2ae35u;
  return key ^ key >> 16;
}

int main(int count, char **args) {
  int64_t most = count == 3 ? numberIn(args[1]) : -1;
  int64_t seed = count == 3 ? numberIn(args[2]) : -1;
  if (most < 2 || seed < 0) {
    say(2, "guess: give the highest number and a seed\n");
    return 2;
  }
  uint32_t secret = 1 + mixed((uint32_t)seed) % (uint32_t)most;
  say(1, "I think of a whole number from 1 to ");
  number((uint32_t)most);
  say(1, ".\nType a guess, or \"give up\".\n");
  for (uint32_t guesses = 0;;) {
    say(1, "> ");
    if (!readLine() || !strcmp(line, "give up")) {
      say(1, "It was ");
      number(secret);
      say(1, ".\n");
      return 0;
    }
    int64_t guess = numberIn(line);
    if (!strcmp(line, "help")) say(1, "Half of what is left is the best guess.\n");
    else if (guess < 1 || guess > most) say(1, "That is no whole number within the bounds.\n");
    else if (guesses++, guess < secret) say(1, "Too low.\n");
    else if (guess > secret) say(1, "Too high.\n");
    else {
      say(1, guesses == 1 ? "Right at the first guess.\n" : "Right, after ");
      if (guesses > 1) number(guesses), say(1, " guesses.\n");
      return 0;
    }
  }
}
