// SPDX-License-Identifier: GPL-3.0-or-later
// Asks where to export and in which formats.
#pragma once

#include <QDialog>
#include <QStringList>

#include <vector>

class QCheckBox;
class QDialogButtonBox;
class QLineEdit;
class QSpinBox;

namespace dispersa {

class ExportDialog : public QDialog {
    Q_OBJECT
  public:
    struct Format {
        QString key;   ///< "svg"
        QString label; ///< "SVG, for editing"
        bool chosen = true;
    };
    ExportDialog(const QString& title, const QString& folder, const std::vector<Format>& formats, QWidget* parent);

    void addDpi(int dpi); ///< a box for the resolution of pixel images
    QString folder() const;
    QStringList chosenFormats() const;
    int dpi() const;

  private:
    void chooseFolder();
    void refresh();

    QLineEdit* m_folder;
    std::vector<std::pair<QString, QCheckBox*>> m_formats;
    QSpinBox* m_dpi = nullptr;
    QDialogButtonBox* m_buttons;
};

} // namespace dispersa
