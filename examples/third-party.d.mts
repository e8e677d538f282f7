export type ThirdPartyJob = { readonly file: string; readonly from: string }
export declare const thirdPartyJobs: readonly ThirdPartyJob[]
export declare function copyThirdPartyJobs(outDir: string): string[]
