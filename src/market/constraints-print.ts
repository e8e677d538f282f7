import type { Expression, PropertyRef } from './constraints.ts'

/** The shortest spelling: `parseConstraint` reads it back to an equal expression. */
export function printConstraint(expression: Expression): string {
  switch (expression.kind) {
    case 'empty':
      return '()'
    case 'all':
      return `(&${expression.of.map(printConstraint).join('')})`
    case 'any':
      return `(|${expression.of.map(printConstraint).join('')})`
    case 'not':
      return `(!${printConstraint(expression.of)})`
    case 'present':
      return `(${printRef(expression.ref)}=*)`
    case 'compare':
      return `(${printRef(expression.ref)}${expression.op}${expression.wanted.raw})`
  }
}

export const printRef = ({ key, type }: PropertyRef): string => (type ? `${key}$${type}` : key)
