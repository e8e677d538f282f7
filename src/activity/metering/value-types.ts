/** Numbers, vectors, and references to functions and to the host: each one byte. Other types are longer, and not metered. */
export const isPlainType = (type: number): boolean => (type >= 0x7b && type <= 0x7f) || isReferenceType(type)

export const isReferenceType = (type: number): boolean => type === 0x70 || type === 0x6f
