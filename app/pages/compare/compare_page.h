// SPDX-License-Identifier: GPL-3.0-or-later
// Step 4: a run's predictions beside the measured maps, as maps, scores, scatter plots and correlations.
#pragma once

#include "app/pages/page.h"
#include "core/workflow/run_result.h"

class QComboBox;
class QLabel;
class QStackedWidget;
class QTabWidget;

namespace dispersa {

class CorrelationTab;
class ExportMenu;
class MapsTab;
class ScatterTab;
class ScoresTab;

class ComparePage : public Page {
    Q_OBJECT
  public:
    ComparePage(PageContext context, QWidget* parent);
    ~ComparePage() override;
    StepStatus status() const override;
    ExportMenu& exports() { return *m_export; }

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    QWidget* makeHead();
    QWidget* makeEmpty();
    void fillRuns();
    void refresh();
    void refreshBanner();
    void fillTab();

    QStackedWidget* m_stack = nullptr;
    QComboBox* m_run = nullptr;
    QLabel* m_about = nullptr;
    QLabel* m_banner = nullptr;
    ExportMenu* m_export = nullptr;
    QTabWidget* m_tabs = nullptr;
    MapsTab* m_maps = nullptr;
    ScoresTab* m_scores = nullptr;
    ScatterTab* m_scatter = nullptr;
    CorrelationTab* m_correlation = nullptr;
    RunResultPtr m_shown[4] = {}; ///< what each tab shows: hidden ones are filled when they come up
};

} // namespace dispersa
