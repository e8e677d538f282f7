import { Link, useLocation } from 'wouter'
import { Icon, type IconName } from '../parts/Icon.tsx'

const places: readonly { readonly href: string; readonly name: string; readonly icon: IconName }[] = [
  { href: '/', name: 'Donate', icon: 'donate' },
  { href: '/run', name: 'Run', icon: 'run' },
  { href: '/jobs', name: 'Jobs', icon: 'jobs' },
  { href: '/network', name: 'Network', icon: 'network' },
]

/** At the side on a wide screen, at the bottom within a thumb's reach on a narrow one. */
export function Navigation() {
  const [location] = useLocation()
  const isHere = (href: string): boolean => (href === '/' ? location === '/' : location.startsWith(href))
  return (
    <nav className="navigation" aria-label="Pages">
      {places.map(({ href, name, icon }) => (
        <Link key={href} href={href} aria-current={isHere(href) ? 'page' : undefined}>
          <Icon name={icon} />
          {name}
        </Link>
      ))}
      <small className="version soft">Tabmesh {__TABMESH_VERSION__}</small>
    </nav>
  )
}
