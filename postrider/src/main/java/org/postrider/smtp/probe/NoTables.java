package org.postrider.smtp.probe;

import java.util.List;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;

/// There are none: every setting that names tables is empty (posttls-finger asks none).
final class NoTables implements Tables {
    @Override
    public Table open(String typeAndName) {
        throw new IllegalStateException(typeAndName);
    }

    @Override
    public Table chain(List<String> typesAndNames) {
        throw new IllegalStateException(typesAndNames.toString());
    }
}
