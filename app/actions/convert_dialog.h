// SPDX-License-Identifier: GPL-3.0-or-later
// Asks how a scan is written as EMD 1.0 / py4DSTEM HDF5: storage, preparation, crop, target; tells how large it will be.
#pragma once

// First: moc 6.4 cannot read <compare> unless another standard header came before it.
#include <QDialog>

#include "core/workflow/convert_scan.h"
#include "core/workflow/open_scan.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace dispersa {

class ConvertDialog : public QDialog {
    Q_OBJECT
  public:
    /// `preparation`: the study's count steps; `crop`: the study's crop of this scan, if any.
    ConvertDialog(OpenedScanPtr scan, const DiffractionOptions& preparation, std::optional<Region> crop,
                  const QString& folder, QWidget* parent);
    QString target() const;
    ConvertOptions options() const;

  private:
    void browse();
    void refresh();
    void done(int result) override;

    const OpenedScanPtr m_scan;
    const DiffractionOptions m_preparation;
    const std::optional<Region> m_crop;
    QComboBox* m_storage;
    QCheckBox* m_prepare;
    QCheckBox* m_cut;
    QLineEdit* m_target;
    QLabel* m_summary;
    QPushButton* m_ok = nullptr;
};

} // namespace dispersa
