// SPDX-License-Identifier: GPL-3.0-or-later
// The list of messages and the button that opens it. Double click or Enter jumps to what a message is about.
#pragma once

#include "app/tasks/message_log.h"

#include <QListWidget>
#include <QToolButton>
#include <QWidget>

namespace dispersa {

class MessagePanel : public QWidget {
    Q_OBJECT
  public:
    MessagePanel(MessageLog& log, QWidget* parent);
    /// Shows how many there are; checked while the panel is open. Owned by the caller's layout.
    QToolButton* button() const { return m_button; }
    void setOpen(bool open);
    bool isOpen() const { return m_button->isChecked(); }

  Q_SIGNALS:
    void scanChosen(const QString& scan);
    void scanShapeChosen(const QString& scan); ///< the message says that its grid is unknown
    void fileChosen(const QString& file);

  private:
    void add(const Message& message);
    void refill();
    void jump(const QListWidgetItem* item);
    void refreshButton();

    MessageLog& m_log;
    QListWidget* m_list;
    QToolButton* m_button;
    bool m_unseenError = false;
};

} // namespace dispersa
