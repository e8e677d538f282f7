export function NetworkPage() { return <h1>network</h1> }
