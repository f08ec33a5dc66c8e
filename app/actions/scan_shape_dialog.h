// SPDX-License-Identifier: GPL-3.0-or-later
// Asks how a file's frames lie on the scan grid: rows and columns, and their order, with a virtual image that follows at
// once beside a map of the same scan.
#pragma once

// First: moc 6.4 cannot read <compare> unless another standard header came before it.
#include <QDialog>

#include "app/tasks/latest_job.h"
#include "core/workflow/scan_frames.h"

#include <QTimer>

#include <atomic>
#include <map>
#include <memory>

class QCheckBox;
class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;

namespace dispersa {

class FrameOrderPanel;
class MapView;
class ScanShapeBox;

class ScanShapeDialog : public QDialog {
    Q_OBJECT
  public:
    /// `alike`: how many other scans of as many frames wait for a grid; offered to get the same one.
    ScanShapeDialog(const StudyScan& scan, int alike, TaskRunner& tasks, QWidget* parent);
    ~ScanShapeDialog() override;

    /// What the scan's source shall be; only after it was accepted.
    DiffractionSource source() const;
    bool forAllAlike() const;
    /// True once the frames are known and nothing is being read.
    bool isReady() const;
    ScanShape shape() const; ///< rows and columns as scanned

  private:
    void buildLayout();
    void framesOpened(Result<ScanFrames> frames);
    void fail(const Error& error);
    void requestSums();
    void changeOrder();
    void listCandidates();
    void refresh();
    void showCompanion();

    const StudyScan m_scan;
    LatestJob m_openJob;
    LatestJob m_sumsJob;
    std::optional<ScanFrames> m_frames;
    std::map<bool, std::vector<float>> m_sums; ///< one number per frame, by swapAxes
    ScanOrder m_listedOrder;
    std::shared_ptr<std::atomic<int>> m_permille = std::make_shared<std::atomic<int>>(0);
    QTimer m_progressTimer;
    QLabel* m_about;
    ScanShapeBox* m_shape;
    FrameOrderPanel* m_order;
    QCheckBox* m_signed; ///< unsigned values are negative numbers that lost their sign
    QCheckBox* m_alike;
    MapView* m_preview;
    MapView* m_companion;
    QComboBox* m_companionBox;
    QProgressBar* m_progress;
    QPushButton* m_ok = nullptr;
};

} // namespace dispersa
