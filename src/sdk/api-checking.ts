/**
 * How sure a job's results are to be. `once`: one provider computes each task, and is believed. `adaptive`: whoever is not known to be right is
 * checked by another, always at first and ever less often. `quorum` of `of` copies are to be equal. `witnesses` compute a `sample` (0 to 1) of
 * each provider's tasks again. `confidence`: so large a part of the results is right, 0.5 to 0.999999.
 */
export type RedundancyRequest =
  | 'once'
  | 'adaptive'
  | { readonly quorum: number; readonly of: number }
  | { readonly witnesses: number; readonly sample?: number }
  | { readonly confidence: number }
