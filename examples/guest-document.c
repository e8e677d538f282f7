// Lines sorted and numbers added up, as a program with much of a C library in it does: the component that is measured.
#include <fnmatch.h>
#include <iconv.h>
#include <locale.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

static int by_count(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int main(int count, char **arguments) {
  regex_t pattern;
  if (regcomp(&pattern, count > 1 ? arguments[1] : "[0-9]+(\\.[0-9]+)?", REG_EXTENDED)) return 2;
  setlocale(LC_ALL, "");
  char line[4096], *kept[1024];
  double sum = 0;
  int lines = 0;
  while (fgets(line, sizeof line, stdin) && lines < 1024) {
    regmatch_t found;
    for (char *at = line; !regexec(&pattern, at, 1, &found, 0) && found.rm_eo > found.rm_so; at += found.rm_eo)
      sum += strtod(at + found.rm_so, 0);
    wchar_t wide[4096];
    size_t length = mbstowcs(wide, line, 4095);
    for (size_t i = 0; i < length && length != (size_t)-1; i++) wide[i] = towupper(wide[i]);
    kept[lines++] = strdup(line);
  }
  qsort(kept, lines, sizeof *kept, by_count);
  for (int i = 0; i < lines; i++) fputs(kept[i], stdout);
  time_t epoch = 0;
  char date[64];
  strftime(date, sizeof date, "%A %d %B %Y", gmtime(&epoch));
  iconv_t to = iconv_open("UTF-16", "SHIFT_JIS");
  double z = tgamma(fmod(sum, 5));
  printf("%d lines, %.3f in all, %s, %g %g %g %d %s\n", lines, sum, date, z, lgamma(sum + 1), (double)sqrtl(sum), to != (iconv_t)-1,
    fnmatch("a*", kept[0] ? kept[0] : "", 0) ? "-" : "a");
  return 0;
}
