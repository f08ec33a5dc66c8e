// SPDX-License-Identifier: GPL-3.0-or-later
// A strip of real | predicted pairs, one per target: of the best epoch so far while training, of a finished run after.
#pragma once

#include "core/workflow/run_study.h"
#include "widgets/map_link.h"

#include <QWidget>

class QBoxLayout;
class QComboBox;
class QHBoxLayout;
class QLabel;

namespace dispersa {

class MapView;

/// The network's outputs laid out as maps over the crop of scan `scan`, one per target; pixels not seen are no data.
std::vector<ElementMap> outputMaps(const TrainingLayout& layout, const std::vector<float>& outputs, int scan);

class LiveMaps : public QWidget {
    Q_OBJECT
  public:
    explicit LiveMaps(QWidget* parent);

    void clear();
    /// Training: real maps at once, predicted ones with setOutputs(), whose `when` says e.g. "best epoch 7".
    void setLayoutOfRun(std::shared_ptr<const TrainingLayout> layout);
    void setOutputs(std::shared_ptr<const std::vector<float>> outputs, const QString& when);
    /// A scan that is being predicted: its maps fill in.
    void setPartial(const PartialPrediction& partial);
    /// A finished run: its training scan first.
    void setRun(RunResultPtr run);

  private:
    struct Pair {
        QString target;
        MapView* real;
        MapView* predicted;
        QBoxLayout* maps; ///< the two side by side, or one above the other for wide maps
        QWidget* box;
    };
    void fillScans(const std::vector<std::string>& names);
    void showScan();
    void setTargets(const std::vector<std::string>& targets);
    void showPair(std::size_t i, MapPtr real, MapPtr predicted);

    QLabel* m_title;
    QComboBox* m_scan;
    QHBoxLayout* m_row;
    std::vector<Pair> m_pairs;
    MapLink m_link;
    std::shared_ptr<const TrainingLayout> m_layoutOfRun;
    std::shared_ptr<const std::vector<float>> m_outputs;
    RunResultPtr m_run;
    QString m_when;
};

} // namespace dispersa
