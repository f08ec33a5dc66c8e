// SPDX-License-Identifier: GPL-3.0-or-later
// The alignment of the current scan's maps while it is being worked on: nothing reaches the study before accept().
#pragma once

#include "app/pages/page.h"
#include "core/data/study.h"
#include "core/workflow/estimate_alignment.h"
#include "core/workflow/open_scan.h"

#include <QObject>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dispersa {

class AlignmentDraft : public QObject {
    Q_OBJECT
  public:
    AlignmentDraft(PageContext context, QObject* parent);

    /// On while somebody looks: the images of the current scan are then made ready.
    void setActive(bool active);

    const std::string& scanName() const { return m_scanName; }
    OpenedScanPtr scan() const { return m_scan; } ///< null while it opens
    std::vector<std::string> quantities() const;  ///< maps that may be aligned with
    const std::string& quantity() const { return m_quantity; }
    void setQuantity(const std::string& quantity);

    MapPtr virtualImage() const; ///< null until it is computed
    MapPtr recordedMap() const;  ///< the chosen map on its own grid; null until it is read
    bool isBusy() const { return m_task != 0; }
    /// The user has to ask for the virtual image: the patterns are too many to be read unasked.
    bool mustBeAsked() const;

    MapFromScan value() const { return m_value; }
    void setValue(const MapFromScan& value);
    /// What was found, as long as it is what value() says.
    const std::optional<Registration>& found() const { return m_found; }
    /// The chosen map shows bright what the virtual image shows dark, as the last estimate found.
    bool isInverted() const { return m_inverted; }
    bool findsScale() const;
    void setFindsScale(bool on) { m_findsScale = on; }

    bool isNeeded() const;         ///< sizes differ and the study holds no alignment
    bool isStored() const;         ///< the study holds one for this scan
    bool differsFromStudy() const; ///< accept() would change the study
    bool canAlign() const;         ///< the scan has patterns and maps
    int alignableScans() const;

    void estimate();
    void stop();
    void accept(bool allScans);
    void reset();  ///< back to what the study says
    void remove(); ///< takes the alignment out of the study

  Q_SIGNALS:
    void changed();

  private:
    struct Work {
        MapPtr image;
        MapPtr map;
        std::optional<Registration> found;
    };
    struct Cached {
        DiffractionSource source;
        MapPtr image;
    };
    void refresh();
    void load();
    void start(bool estimates);
    void done(const std::string& name, const DiffractionSource& source, int ticket, const Result<Work>& work);
    std::optional<MapFromScan> stored() const;

    PageContext m_context;
    bool m_active = false;
    std::string m_scanName;
    OpenedScanPtr m_scan;
    std::string m_quantity;
    std::optional<MapFromScan> m_stored; ///< as the study said when value() was last taken from it
    MapFromScan m_value;
    std::optional<Registration> m_found;
    bool m_inverted = false;
    std::optional<bool> m_findsScale;
    MapPtr m_map;
    std::map<std::string, Cached> m_images; ///< reading a scan takes long: kept by scan name
    bool m_failed = false;                  ///< not tried again unasked
    int m_task = 0;
    int m_ticket = 0;
};

} // namespace dispersa
