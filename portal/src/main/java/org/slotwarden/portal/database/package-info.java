/** The portal's MariaDB: a server of its own (embedded) or the site's (external), and the data directory. */
@NullMarked
package org.slotwarden.portal.database;

import org.jspecify.annotations.NullMarked;
