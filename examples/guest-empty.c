/* Does nothing: what a task costs when its work costs nothing. Built without a library: no import, one page. */
__attribute__((export_name("_start"))) void _start(void) {}
