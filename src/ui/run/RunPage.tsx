export function RunPage({ kind }: { kind?: string }) { return <h1>{kind}</h1> }
