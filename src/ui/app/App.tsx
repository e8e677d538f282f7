import { lazy, Suspense } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { DonatePage } from '../donate/DonatePage.tsx'
import { Awaiting } from '../parts/Awaiting.tsx'
import { WithMesh } from '../parts/WithMesh.tsx'
import { LeftBehind } from './LeftBehind.tsx'
import { MeshFaults } from './MeshFaults.tsx'
import { Navigation } from './Navigation.tsx'
import { PageBoundary } from './PageBoundary.tsx'
import { StartTrouble } from './StartTrouble.tsx'
import { TopBar } from './TopBar.tsx'
import { useArrival } from './use-arrival.ts'

const RunPage = lazy(() => import('../run/RunPage.tsx').then(({ RunPage }) => ({ default: RunPage })))
const JobsPage = lazy(() => import('../jobs/JobsPage.tsx').then(({ JobsPage }) => ({ default: JobsPage })))
const JobPage = lazy(() => import('../jobs/JobPage.tsx').then(({ JobPage }) => ({ default: JobPage })))
const WorkflowPage = lazy(() =>
  import('../workflows/WorkflowPage.tsx').then(({ WorkflowPage }) => ({ default: WorkflowPage })),
)
const NetworkPage = lazy(() =>
  import('../network/NetworkPage.tsx').then(({ NetworkPage }) => ({ default: NetworkPage })),
)
const PeerPage = lazy(() => import('../peers/PeerPage.tsx').then(({ PeerPage }) => ({ default: PeerPage })))
const GuildPage = lazy(() => import('../guilds/GuildPage.tsx').then(({ GuildPage }) => ({ default: GuildPage })))

const SandboxPage = lazy(() =>
  import('../sandbox/SandboxPage.tsx').then(({ SandboxPage }) => ({ default: SandboxPage })),
)

/** The frame around every page: bar with Stop, navigation, and what keeps the node from running, if anything. */
export function App() {
  useArrival()
  const [path] = useLocation()
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to the page
      </a>
      <TopBar />
      <Navigation />
      <main className="content" id="content" tabIndex={-1}>
        <StartTrouble />
        <WithMesh instead={null}>
          <MeshFaults />
        </WithMesh>
        <PageBoundary key={path}>
          <Suspense fallback={<Awaiting what="Loading the page" slow="" wrong="The server does not answer." />}>
            <Switch>
              <Route path="/" component={DonatePage} />
              <Route path="/run">
                <RunPage />
              </Route>
              <Route path="/run/:kind">{({ kind }) => <RunPage kind={kind} />}</Route>
              <Route path="/jobs" component={JobsPage} />
              <Route path="/jobs/:id">{({ id }) => <JobPage key={id} id={id} />}</Route>
              <Route path="/workflows/:id">{({ id }) => <WorkflowPage key={id} id={id} />}</Route>
              <Route path="/network" component={NetworkPage} />
              <Route path="/peers/:did">{({ did }) => <PeerPage key={did} did={decodeURIComponent(did)} />}</Route>
              <Route path="/guilds/:id">{({ id }) => <GuildPage key={id} id={id} />}</Route>
              <Route path="/safety" component={SandboxPage} />
              <Route component={LeftBehind} />
            </Switch>
          </Suspense>
        </PageBoundary>
      </main>
    </div>
  )
}
