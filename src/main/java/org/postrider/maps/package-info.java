/// maps — lookup tables (`type:name`). Keys come from strangers; tables from the administrator.
@NullMarked
package org.postrider.maps;

import org.jspecify.annotations.NullMarked;
