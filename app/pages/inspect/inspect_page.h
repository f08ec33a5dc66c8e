// SPDX-License-Identifier: GPL-3.0-or-later
// Step 5: look at the places that disagree: regions on a map, their patterns, their profiles, virtual dark fields.
#pragma once

#include "app/pages/inspect/inspected_scan.h"
#include "app/pages/inspect/region_list.h"
#include "app/pages/page.h"
#include "app/tasks/latest_job.h"

#include <map>

class QComboBox;
class QLabel;
class QStackedWidget;

namespace dispersa {

class MapPane;
class PatternPane;
class ProfilePane;
class RegionPanel;
class RegionPatterns;

class InspectPage : public Page {
    Q_OBJECT
  public:
    InspectPage(PageContext context, QWidget* parent);
    ~InspectPage() override;
    StepStatus status() const override;
    RegionList& regions() { return m_regions; }

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    QWidget* makeContent();
    QWidget* makeEmpty();
    void fillScans();
    void refresh();
    void refreshPatterns();
    void makeVirtualImage(const Shape& detector);
    void takeVirtualImage(const std::string& scan, const QString& text, Result<ElementMap> image);
    void findDisagreement();

    RegionList m_regions;
    RegionPatterns* m_patterns;
    LatestJob m_virtualJob;
    InspectedScan m_scan;
    std::map<std::string, std::vector<MapPtr>> m_virtualImages; ///< per scan, over the whole scan
    QStackedWidget* m_stack;
    QComboBox* m_scanBox = nullptr;
    QLabel* m_note = nullptr;
    MapPane* m_map = nullptr;
    PatternPane* m_patternPane = nullptr;
    ProfilePane* m_profile = nullptr;
    RegionPanel* m_panel = nullptr;
};

} // namespace dispersa
