/* http_heads.c: the table. Each row has one fault, or shows what is not one. */
#include "http_heads.h"

#define ROW(what, bytes, code)                                                                     \
    {                                                                                              \
        what, bytes, sizeof(bytes) - 1, code, NULL                                                 \
    }
#define ROW_BUT(what, bytes, code, why)                                                            \
    {                                                                                              \
        what, bytes, sizeof(bytes) - 1, code, why                                                  \
    }
#define HOST    "Host: localhost\r\n"
#define END     HOST "\r\n"
#define CHUNKED "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"

const http_sample http_samples[] = {
    /* ---- Sound
       ----------------------------------------------------------------------------------- */
    ROW("the least there is", "GET /a HTTP/1.1\r\n" END, 0),
    ROW("a query with brackets and a whole URL",
        "GET /a?s=[F1,F2]&u=https://b/c.der HTTP/1.1\r\n" END, 0),
    ROW("a percent sign in the query is the handler's", "GET /a?x=%zz HTTP/1.1\r\n" END, 0),
    ROW("an escape in the path", "GET /a%20b HTTP/1.1\r\n" END, 0),
    ROW("a slash at the end", "GET /a/ HTTP/1.1\r\n" END, 0),
    ROW("the root", "GET / HTTP/1.1\r\n" END, 0),
    ROW("dots inside a segment", "GET /a..b/.c/d... HTTP/1.1\r\n" END, 0),
    ROW("HTTP/1.0 without Host", "GET /a HTTP/1.0\r\n\r\n", 0),
    ROW("one empty line before", "\r\nGET /a HTTP/1.1\r\n" END, 0),
    ROW("no space behind the colon", "GET /a HTTP/1.1\r\nHost:localhost\r\n\r\n", 0),
    ROW("tabs and spaces around a value", "GET /a HTTP/1.1\r\n" HOST "X: \ty \t\r\n\r\n", 0),
    ROW_BUT("a tab before the host", "GET /a HTTP/1.1\r\nHost:\tlocalhost\r\n\r\n", 0,
            "to nginx it is part of the host, to RFC 9110 (5.6.3) white space around it"),
    ROW("an empty value", "GET /a HTTP/1.1\r\n" HOST "X:\r\n\r\n", 0),
    ROW("bytes beyond ASCII in a value", "GET /a HTTP/1.1\r\n" HOST "X: \xc3\xa4\r\n\r\n", 0),
    ROW("a host with a port", "GET /a HTTP/1.1\r\nHost: [::1]:8081\r\n\r\n", 0),
    ROW("an upgrade is not taken up",
        "GET /a HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", 0),
    ROW("a body of five bytes", "POST /a HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello", 0),
    ROW("an empty body", "POST /a HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 0),
    ROW("GET with a body", "GET /a HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi", 0),
    ROW("leading zeros of a length",
        "POST /a HTTP/1.1\r\n" HOST "Content-Length: 0005\r\n\r\nhello", 0),
    ROW("chunks", CHUNKED "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", 0),
    ROW("a chunk size in either case", CHUNKED "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n",
        0),
    ROW("the coding in any case",
        "POST /a HTTP/1.1\r\n" HOST "transfer-encoding: Chunked\r\n\r\n0\r\n\r\n", 0),

    /* ---- Lines and bytes
       ------------------------------------------------------------------------- */
    ROW("lines that end in LF alone", "GET /a HTTP/1.1\nHost: localhost\n\n", 400),
    ROW("one line that ends in LF alone", "GET /a HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n", 400),
    ROW("a bare CR in a value", "GET /a HTTP/1.1\r\n" HOST "X: a\rY: b\r\n\r\n", 400),
    ROW("a bare CR in the request line", "GET /a\rb HTTP/1.1\r\n" END, 400),
    ROW("CR CR LF", "GET /a HTTP/1.1\r\n" HOST "X: a\r\r\n\r\n", 400),
    ROW("NUL in a value", "GET /a HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n", 400),
    ROW("NUL in a name", "GET /a HTTP/1.1\r\n" HOST "X\0: a\r\n\r\n", 400),
    ROW("NUL in the target", "GET /a\0 HTTP/1.1\r\n" END, 400),
    ROW("a control character in a value", "GET /a HTTP/1.1\r\n" HOST "X: a\x01\r\n\r\n", 400),
    ROW("DEL in a value", "GET /a HTTP/1.1\r\n" HOST "X: a\x7f\r\n\r\n", 400),
    ROW("a folded line with a space", "GET /a HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n", 400),
    ROW("a folded line with a tab", "GET /a HTTP/1.1\r\n" HOST "X: a\r\n\tb\r\n\r\n", 400),
    ROW("a first header line that is folded", "GET /a HTTP/1.1\r\n " HOST "\r\n", 400),
    ROW("a space before the colon", "GET /a HTTP/1.1\r\n" HOST "X : a\r\n\r\n", 400),
    ROW("a tab before the colon", "GET /a HTTP/1.1\r\n" HOST "X\t: a\r\n\r\n", 400),
    ROW("a space in a name", "GET /a HTTP/1.1\r\n" HOST "X Y: a\r\n\r\n", 400),
    ROW("a name with a byte beyond ASCII", "GET /a HTTP/1.1\r\n" HOST "X\xe4: a\r\n\r\n", 400),
    ROW("a line without a colon", "GET /a HTTP/1.1\r\n" HOST "X\r\n\r\n", 400),
    ROW("a line without a name", "GET /a HTTP/1.1\r\n" HOST ": a\r\n\r\n", 400),
    ROW("two empty lines before", "\r\n\r\nGET /a HTTP/1.1\r\n" END, 400),

    /* ---- The request line
       ------------------------------------------------------------------------ */
    ROW("a method nobody knows", "FROB /a HTTP/1.1\r\n" END, 501),
    ROW("a method of others", "PROPFIND /a HTTP/1.1\r\n" END, 501),
    ROW("CONNECT", "CONNECT localhost:443 HTTP/1.1\r\n" END, 501),
    ROW("TRACE", "TRACE /a HTTP/1.1\r\n" END, 501),
    ROW("a method in small letters", "get /a HTTP/1.1\r\n" END, 400),
    ROW("a method with a digit", "GET1 /a HTTP/1.1\r\n" END, 400),
    ROW("no method", " /a HTTP/1.1\r\n" END, 400),
    ROW("no target", "GET HTTP/1.1\r\n" END, 400),
    ROW("no version", "GET /a\r\n" END, 400),
    ROW("two spaces before the target", "GET  /a HTTP/1.1\r\n" END, 400),
    ROW("two spaces before the version", "GET /a  HTTP/1.1\r\n" END, 400),
    ROW("a space behind the version", "GET /a HTTP/1.1 \r\n" END, 400),
    ROW("a tab instead of a space", "GET\t/a HTTP/1.1\r\n" END, 400),
    ROW("a space in the target", "GET /a b HTTP/1.1\r\n" END, 400),
    ROW("HTTP/2's preamble", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ROW("HTTP/1.2", "GET /a HTTP/1.2\r\n" END, 505),
    ROW("HTTP/0.9 by name", "GET /a HTTP/0.9\r\n" END, 505),
    ROW("HTTP/3.0", "GET /a HTTP/3.0\r\n" END, 505),
    ROW("a version of three digits", "GET /a HTTP/1.11\r\n" END, 400),
    ROW("a version in small letters", "GET /a http/1.1\r\n" END, 400),
    ROW("another protocol", "GET /a ICY/1.1\r\n" END, 400),
    ROW("the words of TLS", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),

    /* ---- The target
       ------------------------------------------------------------------------------ */
    ROW("absolute form", "GET http://LOCALHOST/a?b HTTP/1.1\r\n" END, 0),
    ROW("absolute form by https", "GET HTTPS://localhost/a HTTP/1.1\r\n" END, 0),
    ROW("absolute form without a path", "GET http://localhost HTTP/1.1\r\n" END, 0),
    ROW("absolute form of another host", "GET http://other/a HTTP/1.1\r\n" END, 400),
    ROW("absolute form of a host that ours begins with", "GET http://local/a HTTP/1.1\r\n" END,
        400),
    ROW("absolute form of another port", "GET http://localhost:81/a HTTP/1.1\r\n" END, 400),
    ROW("absolute form of no host", "GET http:///a HTTP/1.1\r\n" END, 400),
    ROW("absolute form of a user", "GET http://a@localhost/a HTTP/1.1\r\n" END, 400),
    ROW("absolute form of another scheme", "GET ftp://localhost/a HTTP/1.1\r\n" END, 400),
    ROW("absolute form with two slashes in the path", "GET http://localhost//a HTTP/1.1\r\n" END,
        400),
    ROW("absolute form without Host", "GET http://localhost/a HTTP/1.0\r\n\r\n", 400),
    ROW("asterisk form", "OPTIONS * HTTP/1.1\r\n" END, 400),
    ROW("authority form", "GET localhost:80 HTTP/1.1\r\n" END, 400),
    ROW("no slash", "GET a HTTP/1.1\r\n" END, 400),
    ROW("a fragment", "GET /a#b HTTP/1.1\r\n" END, 400),
    ROW("a fragment in the query", "GET /a?b#c HTTP/1.1\r\n" END, 400),
    ROW("a bad escape", "GET /a%zz HTTP/1.1\r\n" END, 400),
    ROW("half an escape", "GET /a%2 HTTP/1.1\r\n" END, 400),
    ROW("an escaped dot", "GET /a/%2e%2e/b HTTP/1.1\r\n" END, 400),
    ROW("an escaped dot in capitals", "GET /a/%2E./b HTTP/1.1\r\n" END, 400),
    ROW("an escaped slash", "GET /a%2fb HTTP/1.1\r\n" END, 400),
    ROW("an escaped backslash", "GET /a%5Cb HTTP/1.1\r\n" END, 400),
    ROW("an escaped NUL", "GET /a%00 HTTP/1.1\r\n" END, 400),
    ROW("two slashes", "GET /a//b HTTP/1.1\r\n" END, 400),
    ROW("two slashes at the beginning", "GET //a HTTP/1.1\r\n" END, 400),
    ROW("two slashes at the end", "GET /a// HTTP/1.1\r\n" END, 400),
    ROW("a dot segment", "GET /a/./b HTTP/1.1\r\n" END, 400),
    ROW("a dot segment at the end", "GET /a/. HTTP/1.1\r\n" END, 400),
    ROW("two dots", "GET /a/../b HTTP/1.1\r\n" END, 400),
    ROW("two dots at the end", "GET /a/.. HTTP/1.1\r\n" END, 400),
    ROW("above the root", "GET /../a HTTP/1.1\r\n" END, 400),
    ROW("a backslash", "GET /a\\..\\b HTTP/1.1\r\n" END, 400),
    ROW("a byte beyond ASCII", "GET /\xc3\xa4 HTTP/1.1\r\n" END, 400),
    ROW("a quotation mark", "GET /a\"b HTTP/1.1\r\n" END, 400),
    ROW("a byte beyond ASCII in the query", "GET /a?\xe4 HTTP/1.1\r\n" END, 400),

    /* ---- Host
       ------------------------------------------------------------------------------------ */
    ROW("no Host", "GET /a HTTP/1.1\r\nX: y\r\n\r\n", 400),
    ROW("Host twice", "GET /a HTTP/1.1\r\n" HOST HOST "\r\n", 400),
    ROW("two different Hosts", "GET /a HTTP/1.1\r\n" HOST "Host: b\r\n\r\n", 400),
    ROW("Host twice in HTTP/1.0", "GET /a HTTP/1.0\r\n" HOST HOST "\r\n", 400),
    ROW("an empty Host", "GET /a HTTP/1.1\r\nHost:\r\n\r\n", 400),
    ROW("a Host with a path", "GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    ROW("a Host with two dots", "GET /a HTTP/1.1\r\nHost: a..b\r\n\r\n", 400),
    ROW("a Host with a space", "GET /a HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    ROW("a Host with a user", "GET /a HTTP/1.1\r\nHost: u@b\r\n\r\n", 400),

    /* ---- Framing: what smuggling is made of
       ------------------------------------------------------ */
    ROW("both lengths",
        "POST /a HTTP/1.1\r\n" HOST
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400),
    ROW("both lengths, the other way round",
        "POST /a HTTP/1.1\r\n" HOST
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        400),
    ROW("a length twice",
        "POST /a HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400),
    ROW("two lengths",
        "POST /a HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
    ROW("a list of lengths", "POST /a HTTP/1.1\r\n" HOST "Content-Length: 5, 5\r\n\r\nhello", 400),
    ROW("a length with a plus", "POST /a HTTP/1.1\r\n" HOST "Content-Length: +5\r\n\r\nhello", 400),
    ROW("a length with a minus", "POST /a HTTP/1.1\r\n" HOST "Content-Length: -5\r\n\r\nhello",
        400),
    ROW("a length in hexadecimal", "POST /a HTTP/1.1\r\n" HOST "Content-Length: 0x5\r\n\r\nhello",
        400),
    ROW("a length with a space inside",
        "POST /a HTTP/1.1\r\n" HOST "Content-Length: 5 5\r\n\r\nhello", 400),
    ROW("an empty length", "POST /a HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\nhello", 400),
    ROW("a length of words", "POST /a HTTP/1.1\r\n" HOST "Content-Length: five\r\n\r\nhello", 400),
    ROW("a length beyond 64 bits",
        "POST /a HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551621\r\n\r\nhello", 400),
    ROW("a length beyond the limit",
        "POST /a HTTP/1.1\r\n" HOST "Content-Length: 1000000000\r\n\r\nhello", 413),
    ROW("a space before the colon of the length",
        "POST /a HTTP/1.1\r\n" HOST "Content-Length : 5\r\n\r\nhello", 400),
    ROW("another coding", "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\nhello", 501),
    ROW("two codings", "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\nhello",
        501),
    ROW("the identity coding",
        "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\n\r\nhello", 501),
    ROW("a coding that only begins well",
        "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: chunkedx\r\n\r\nhello", 501),
    ROW("a quoted coding",
        "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: \"chunked\"\r\n\r\nhello", 501),
    ROW("chunked twice in a list",
        "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
    ROW("chunked in two lines",
        "POST /a HTTP/1.1\r\n" HOST
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400),
    ROW("chunked, then another",
        "POST /a HTTP/1.1\r\n" HOST
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        400),
    ROW("an empty coding", "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding:\r\n\r\n0\r\n\r\n", 501),
    ROW("a coding in HTTP/1.0",
        "POST /a HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),

    /* ---- Chunks
       ---------------------------------------------------------------------------------- */
    ROW("a chunk's size ends in LF", CHUNKED "5\nhello\r\n0\r\n\r\n", 400),
    ROW("a chunk ends in LF", CHUNKED "5\r\nhello\n0\r\n\r\n", 400),
    ROW("a chunk doesn't end", CHUNKED "5\r\nhello0\r\n\r\n", 400),
    ROW("a chunk is longer than it says", CHUNKED "5\r\nhelloXX\r\n0\r\n\r\n", 400),
    ROW("the last line ends in LF", CHUNKED "5\r\nhello\r\n0\r\n\n", 400),
    ROW("a chunk size with a sign", CHUNKED "+5\r\nhello\r\n0\r\n\r\n", 400),
    ROW("a chunk size with 0x", CHUNKED "0x5\r\nhello\r\n0\r\n\r\n", 400),
    ROW("a chunk size with a space", CHUNKED "5 \r\nhello\r\n0\r\n\r\n", 400),
    ROW("a chunk size beyond 64 bits", CHUNKED "10000000000000005\r\nhello\r\n0\r\n\r\n", 400),
    ROW("a chunk size of minus one", CHUNKED "ffffffffffffffff\r\nhello\r\n0\r\n\r\n", 413),
    ROW("no chunk size", CHUNKED "\r\nhello\r\n0\r\n\r\n", 400),
    ROW("a chunk extension", CHUNKED "5;a=b\r\nhello\r\n0\r\n\r\n", 400),
    ROW("a trailer", CHUNKED "5\r\nhello\r\n0\r\nX: y\r\n\r\n", 400),

    /* ---- Expectations
       ---------------------------------------------------------------------------- */
    ROW("an expectation nobody can meet", "GET /a HTTP/1.1\r\n" HOST "Expect: wonders\r\n\r\n",
        417),
};

const size_t http_sample_count = sizeof(http_samples) / sizeof(http_samples[0]);
