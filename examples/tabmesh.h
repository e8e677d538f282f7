/* What a program may ask of a tab beside WASI: the import module tabmesh_1 of docs/host-abi.md.
   A function that fails gives one of the four numbers below; everything else is as documented there. */
#ifndef TABMESH_H
#define TABMESH_H

#include <stdint.h>

#define TABMESH_IMPORT(name) __attribute__((import_module("tabmesh_1"), import_name(#name)))

enum {
  TABMESH_OUTSIDE = -1,    /* a pointer or a length leads outside the memory */
  TABMESH_OVER_LIMIT = -2, /* more than the task may have of it */
  TABMESH_ABSENT = -3,     /* no such thing */
  TABMESH_INVALID = -4,    /* a value that means nothing here */
  TABMESH_NOT_ALLOWED = -5, /* the job or the provider does not allow it */
  TABMESH_FAILED = -6      /* nothing came back */
};

enum { TABMESH_TRACE, TABMESH_DEBUG, TABMESH_INFO, TABMESH_WARN, TABMESH_ERROR };

/* Which task of which job this is. */
TABMESH_IMPORT(job_id) int32_t tabmesh_job_id(char *at, uint32_t most);
TABMESH_IMPORT(task_index) int32_t tabmesh_task_index(void);

/* The same streams as standard input and output. */
TABMESH_IMPORT(input_read) int32_t tabmesh_input_read(void *at, uint32_t most);
TABMESH_IMPORT(output_write) int32_t tabmesh_output_write(const void *at, uint32_t length);

/* For people and for the receipt. */
TABMESH_IMPORT(log) int32_t tabmesh_log(uint32_t level, const char *text, uint32_t length);
TABMESH_IMPORT(progress) int32_t tabmesh_progress(uint32_t permille);
TABMESH_IMPORT(count) int32_t tabmesh_count(const char *name, uint32_t length, uint64_t amount);
TABMESH_IMPORT(anchor) int32_t tabmesh_anchor(const void *at, uint32_t length);

/* Files that the job declares for all its tasks. */
TABMESH_IMPORT(content_find) int32_t tabmesh_content_find(const char *cid, uint32_t length);
TABMESH_IMPORT(content_length) int64_t tabmesh_content_length(uint32_t which);
TABMESH_IMPORT(content_read) int32_t tabmesh_content_read(uint32_t which, uint64_t offset, void *at, uint32_t most);

/* Fetches through the provider, from origins that the job lists: "GET https://api.example.org/words\naccept: text/plain\n\n". */
TABMESH_IMPORT(http_request) int32_t tabmesh_http_request(const char *request, uint32_t length);
TABMESH_IMPORT(http_type) int32_t tabmesh_http_type(char *at, uint32_t most);
TABMESH_IMPORT(http_read) int32_t tabmesh_http_read(void *at, uint32_t most);

/* To other tasks of the job: how 0 stands still until it is there, 1 may lose it. */
TABMESH_IMPORT(channel_send) int32_t tabmesh_channel_send(uint32_t task, const void *at, uint32_t length, uint32_t how);
TABMESH_IMPORT(channel_receive) int32_t tabmesh_channel_receive(void *at, uint32_t most, uint32_t wait_ms);
TABMESH_IMPORT(channel_from) int32_t tabmesh_channel_from(void);

#endif
