"""What other compiled modules use of `frame`, and how a field is written."""

from libc.string cimport memcpy


cdef struct Opening:
    Py_ssize_t ruleset_end
    Py_ssize_t moment
    Py_ssize_t moment_end
    Py_ssize_t end


cdef struct Matter:
    const unsigned char* begin
    const unsigned char* key
    const unsigned char* key_end
    const unsigned char* facts
    const unsigned char* beside
    const unsigned char* end


cdef struct Beside:
    const unsigned char* kind
    const unsigned char* kind_end
    const unsigned char* fields
    const unsigned char* end


cdef bint opening(const unsigned char* raw, Py_ssize_t length, Opening* parts) noexcept
cdef long long whole_seconds(const unsigned char* moment, Py_ssize_t length) noexcept
cdef bint plain_matter(const unsigned char* at, const unsigned char* end, Matter* matter) noexcept
cdef bint fact_beside(const unsigned char* at, const unsigned char* end, Beside* fact) noexcept
cdef const unsigned char* matter_end(const unsigned char* at, const unsigned char* end) noexcept


cdef bytes key_of(Matter* matter)
cdef bytes tagged(bytes tag, bytes content)
cdef bytes hexadecimal(bytes digest, int digits)


cdef inline Py_ssize_t varint_size(Py_ssize_t number) noexcept:
    """How many bytes a number takes."""
    cdef Py_ssize_t size = 1
    while number > 127:
        number >>= 7
        size += 1
    return size


cdef inline unsigned char* put_varint(unsigned char* at, Py_ssize_t number) noexcept:
    """Writes a number, and tells what follows it."""
    while number > 127:
        at[0] = <unsigned char>(number & 127 | 128)
        number >>= 7
        at += 1
    at[0] = <unsigned char>number
    return at + 1


cdef inline unsigned char* put(unsigned char* at, const void* part, Py_ssize_t length) noexcept:
    """Writes bytes, and tells what follows them."""
    memcpy(at, part, length)
    return at + length
